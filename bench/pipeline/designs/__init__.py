"""Designs of article pages, in the manner of platforms that papers use; the markup is our own.

A design is made once for a paper and then asked for pages. Any paper can have any design, and another
from some article on: that is a redesign.
"""

from bench.pipeline.designs.flow import Design
from bench.pipeline.designs.other_systems import Amp, Drupal, GermanRegional, Ghost, HandMade
from bench.pipeline.designs.script_frameworks import Fusion, NextJs, StyledComponents
from bench.pipeline.designs.wordpress import BlockTheme, ClassicTheme

__all__ = ["DESIGNS", "Design"]

DESIGNS: dict[str, type[Design]] = {
    "wordpress-classic": ClassicTheme,
    "wordpress-blocks": BlockTheme,
    "next-js": NextJs,
    "fusion": Fusion,
    "ghost": Ghost,
    "drupal": Drupal,
    "hand-made": HandMade,
    "amp": Amp,
    "german-regional": GermanRegional,
    "styled-components": StyledComponents,
}

"""The whole pipeline, measured on generated sites: ``python -m bench.pipeline --help``.

made_articles, words/    articles made from their number alone, with their truth
page_parts, designs/     the markup of real platforms around them
furniture                menus, teasers, forms, notices: what makes pages as heavy as real ones
variety                  texts of other papers, second frames: what makes pages of a site differ
sites, site_process      which host serves what, and the server in a process of its own
measured_command         ``copydesk`` with its CPU counted by thread
plain_script             what one writes without Copydesk, beside it
quality, runs, tables    figures of what was filed, the runs, and how they are shown
"""

"""Where the daemon runs: as a unit of systemd, in a container, and whether it is alive there."""

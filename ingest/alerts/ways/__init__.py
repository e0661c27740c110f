"""The ways of telling: log, command, webhook, mail, Apprise."""

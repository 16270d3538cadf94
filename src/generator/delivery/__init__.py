"""Mail on its way: hands finished messages to a relay, or to a folder for trying out. The only user of SMTP."""

"""E-mail: addresses, MIME, a pipelined SMTP sender, and the outbox where no relay is set."""

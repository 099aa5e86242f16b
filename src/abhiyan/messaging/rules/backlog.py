"""Select the messages that wait to leave, for the launch page and for the bench that waits until none does."""

DUE = "state in ('queued', 'leased') and due_at <= "  # and the instant

"""Which messages wait to leave: read by the launch page, and by the bench that waits until none does."""

DUE = "state in ('queued', 'leased') and due_at <= "  # and the instant

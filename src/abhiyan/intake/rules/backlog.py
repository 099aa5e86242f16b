"""Find callers who wait for their first reply: for the loop that writes it, the launch page, and the bench that
waits until none does."""

WITHOUT_REPLY = "replied_at is null and completed_by is null"

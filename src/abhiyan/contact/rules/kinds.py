"""Numbers of the activity in the ledger, for ever: its measures and channels."""

KIND = "contact"
TALKED, LISTED, CALLED = 1, 2, 3  # measures
BY_DOOR, BY_WALK, BY_LIST, BY_CALL = 1, 2, 3, 4  # channels

"""Numbers of the activity in the ledger, for ever: its measures and channels."""

KIND = "contact"
TALKED, LISTED = 1, 2  # measures
BY_DOOR, BY_WALK, BY_LIST = 1, 2, 3  # channels

"""Pages of messages: what went out, bulk texts, bulk sends, circulars."""

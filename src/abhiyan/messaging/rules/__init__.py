"""Rules of messages: texts, hours, signatures. Plain values in and out."""

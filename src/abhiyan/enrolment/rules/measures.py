"""The measures of programmes that fill a roll. Their numbers belong to the activity for ever."""

ENROLMENTS = 1
TALKS = 2  # friends spoken with, once in 30 days

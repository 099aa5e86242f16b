"""The measures of programmes that fill a roll. Their numbers belong to the activity for ever."""

from datetime import timedelta

ENROLMENTS = 1
TALKS = 2  # friends spoken with, once in 30 days.
ACTIVE = 3  # contributors who did a task, each once.
LATELY = timedelta(days=30)  # boards show a talk with a friend, or a task of a contributor, for so long

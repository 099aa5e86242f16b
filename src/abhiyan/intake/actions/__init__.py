"""What the room does. Other rooms import from here; the modules beside are how."""

from .drives import NoSuchDrive
from .enrol import Gateway, enrol_batch, enrol_claim, forget_drives
from .waiting import complete, open_link, open_links_of

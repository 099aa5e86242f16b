"""`abhiyan doctor` looks at standbys, hosts and the store of files."""

from .hosts import hosts_noted
from .replication import cluster
from .stores import store_noted

CHECKS = {"cluster": cluster, "hosts": hosts_noted, "store": store_noted}

"""Set the embedded database up at each start."""

from pathlib import Path

from . import machine

# ERROR lines and statements may carry what people typed, so neither is logged: the application sees them.
_SETTINGS = """\
# Written by abhiyan at each start of its database. Your own settings go into postgres.local.conf beside this.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
password_encryption = scram-sha-256
max_connections = 250
shared_buffers = {shared}MB
effective_cache_size = {cached}MB
wal_buffers = 64MB
work_mem = 8MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = off
max_wal_size = 8GB
checkpoint_timeout = 15min
shared_preload_libraries = ''
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = '{log}'
log_filename = 'postgres-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = none
log_autovacuum_min_duration = -1
include_if_exists = 'postgres.local.conf'
"""


def postgres_conf_text(*, port: int, sockets: Path, log: Path) -> str:
    """The contents of postgres.conf. Pages get an eighth of the memory: workers, jobs and imports want theirs too."""
    memory = machine.memory_mb()
    return _SETTINGS.format(
        port=port,
        sockets=sockets,
        log=log,
        shared=max(128, min(2048, memory // 8)),
        cached=max(256, memory // 2),
    )

# SPDX-License-Identifier: Apache-2.0
"""Settings of the embedded server."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "replica",
    "password_encryption": "scram-sha-256",  # nosec B105 - how, not what  # pragma: allowlist secret
    "timezone": "UTC",
    "log_timezone": "UTC",
    # An open writer holds back every reader of the journal.
    "idle_in_transaction_session_timeout": "30s",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
    "log_line_prefix": "%m [%p] ",
    # Statements and details of errors carry callers' data: none of it belongs in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}

# Said by each connection of ours, whoever runs the server, which by itself looks after two hours. A network that is
# cut leaves sessions whose other side is gone: each would hold a connection, and what it has locked.
FAR_SIDE_GONE = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",  # milliseconds
}

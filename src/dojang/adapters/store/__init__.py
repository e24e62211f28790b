"""The store: SQLAlchemy Core tables, migrations and repositories on SQLite and PostgreSQL."""

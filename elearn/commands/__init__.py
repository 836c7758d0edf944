"""What each word of the `elearn` command does, a module a subject. Words and order only; deeds are in services."""

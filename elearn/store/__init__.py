"""What is remembered: tables, queries, the content folder and the keys. No rules live here."""

"""Speed as ratios: elearn against a bare Flask page with Flask-Login and two queries, on the same server."""

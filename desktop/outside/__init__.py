"""What does the world outside say, and where may a file go?

Each kind of foreign data passes one module here, where it becomes a value or an error with words.
"""

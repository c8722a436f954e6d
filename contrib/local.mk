EXTRA_DIST += %D%/embed-sql

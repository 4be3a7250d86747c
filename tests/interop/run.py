"""All parts, or those that are named."""
import sys

import kit

PARTS = ("gcs", "smile", "sigv4", "webhooks")
for part in sys.argv[1:] or PARTS:
    __import__(part).main()
kit.finish()

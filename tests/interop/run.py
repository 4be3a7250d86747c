"""All parts, or those that are named."""
import logging
import sys

import kit

PARTS = ("gcs", "smile", "sigv4", "webhooks", "payments", "gateways", "packages")
logging.disable()  # Paddle's SDK logs every refusal that is wanted here
for part in sys.argv[1:] or PARTS:
    __import__(part).main()
kit.finish()

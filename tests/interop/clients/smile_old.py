"""One call of smile-id-core 1.0.9: PORT PARTNER API_KEY sec_key|signature."""
import base64
import json
import sys

from smile_id_core import Utilities

port, partner, api_key, kind = sys.argv[1:]
if kind == "sec_key":
    # The portal hands out base64 of a PEM.
    lines = "\n".join(api_key[i:i + 64] for i in range(0, len(api_key), 64))
    api_key = base64.b64encode(("-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % lines).encode()).decode()
utilities = Utilities(partner, api_key, "http://127.0.0.1:%s/v1" % port)
try:
    utilities.get_job_status({"user_id": "u", "job_id": "j", "job_type": 1}, {
        "return_job_status": True, "return_history": False, "return_images": False, "signature": kind == "signature"})
    print(json.dumps("answered"))
except Exception:
    print(json.dumps("refused"))

"""Smile ID: the genuine SDKs for Python (both generations) and JavaScript against `paysig serve`, answers signed both ways."""
import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading

from kit import ROOT, Conform, Serve, check, client, now_text

KEYS = {"partner_id": "085", "api_key": "82e60cb8-9d1b-4c4e-a5c2-0b2c6cd5a6a5"}
CLIENTS = ROOT / "tests/interop/clients"
PRIVATE = (ROOT / "tests/vectors/rsa1024-private.pem").read_text()
PUBLIC = (ROOT / "tests/vectors/rsa1024-public.pem").read_text()
STATUS = json.dumps({"code": "2302", "job_complete": True, "job_success": False})


def job_status(port, keys):
    """One call of smile-id-core 3; True if the SDK trusts the answer."""
    from smile_id_core import Utilities
    utilities = Utilities(keys["partner_id"], keys["api_key"], "http://127.0.0.1:%d/v1" % port)
    try:
        answer = utilities.get_job_status({"user_id": "u-1", "job_id": "j-1", "job_type": 1}, {"return_job_status": True, "return_history": False, "return_images": False})
        return answer["code"] == "2302"
    except Exception as error:
        return "not trusted" if "validity" in str(error) else "refused"


def python_new():
    with Serve("smile-signature", KEYS, "--respond-signed", respond=STATUS) as serve:
        check("python 3.0.1 trusts the signed answer", job_status(serve.port, KEYS), True)
        check("python 3.0.1 signature", serve.after(1), ["ok"])
    with Serve("smile-signature", KEYS, respond=json.dumps({"timestamp": "2024-01-01T00:00:00.000Z", "signature": "AAAA"})) as serve:
        check("python 3.0.1 does not trust another answer", job_status(serve.port, KEYS), "not trusted")
    with Serve("smile-signature", {**KEYS, "api_key": "another"}) as serve:
        check("python 3.0.1 with another key is refused", job_status(serve.port, KEYS), "refused")
        check("the verdict", serve.after(1), ["signature_mismatch"])
    # The partner id is text: 85 is not 085.
    with Serve("smile-signature", {**KEYS, "partner_id": "85"}) as serve:
        job_status(serve.port, KEYS)
        check("partner id without its zero", serve.after(1), ["unknown_key"])
    with Serve("smile-signature", KEYS, respond="{}") as serve:
        from smile_id_core import IdApi
        try:
            IdApi("085", KEYS["api_key"], "http://127.0.0.1:%d/v1" % serve.port).submit_job(
                {"user_id": "u", "job_id": "j", "job_type": 5}, {"country": "NG", "id_type": "BVN", "id_number": "00000000000", "entered": True})
        except Exception:
            pass
        check("python 3.0.1 IdApi", serve.after(1), ["ok"])


def python_old():
    program = [os.environ["INTEROP_OLD_PYTHON"], str(CLIENTS / "smile_old.py")]
    api_key = "".join(PUBLIC.split("-----")[2].split())
    with Serve("smile-sec-key", {"partner_id": "085", "private_key": PRIVATE}, respond=json.dumps({"timestamp": 1, "signature": "x|y"})) as serve:
        check("python 1.0.9 sec_key", client(program, serve.port, "085", api_key, "sec_key"), "answered")
        check("the verdict", serve.after(1), ["ok"])
        check("python 1.0.9 other partner", client(program, serve.port, "086", api_key, "sec_key"), "refused")
        check("the verdict", serve.after(2)[1:], ["signature_mismatch"])
    # Its default time is local and without a zone, which is read as UTC: this runs with UTC as the local zone.
    with Serve("smile-signature", KEYS, "--respond-signed", respond=STATUS) as serve:
        check("python 1.0.9 signature", client(program, serve.port, "085", KEYS["api_key"], "signature", env={"TZ": "UTC"}), "answered")
        check("the verdict", serve.after(1), ["ok"])
    with Serve("smile-signature", KEYS) as serve:
        client(program, serve.port, "085", KEYS["api_key"], "signature", env={"TZ": "Asia/Tokyo"})
        check("a local time nine hours ahead", serve.after(1), ["timestamp_too_new"])


class Tls:
    """HTTPS in front of the provider: the JavaScript SDK wants it."""

    def __init__(self, port):
        self.folder = tempfile.TemporaryDirectory()
        self.certificate, key = self.folder.name + "/cert.pem", self.folder.name + "/key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

        def pump(source, sink):
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
            except OSError:
                pass
            finally:
                for end in (source, sink):
                    try:
                        end.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass

        def serve():
            while True:
                try:
                    plain, _ = self.listener.accept()
                    outer = context.wrap_socket(plain, server_side=True)
                except ssl.SSLError:
                    continue
                except OSError:
                    return
                inner = socket.create_connection(("127.0.0.1", port))
                for pair in ((outer, inner), (inner, outer)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()

    def close(self):
        self.listener.close()
        self.folder.cleanup()


def javascript():
    program = ["node", str(CLIENTS / "smile.js")]
    for name, respond, options, wanted in (
        ("signed", STATUS, ["--respond-signed"], "answered"),
        ("unsigned", json.dumps({"timestamp": "2024-01-01T00:00:00.000Z", "signature": "AAAA"}), [], "refused"),
    ):
        with Serve("smile-signature", KEYS, *options, respond=respond) as serve:
            tls = Tls(serve.port)
            environment = {"NODE_PATH": os.environ["INTEROP_NODE"], "NODE_EXTRA_CA_CERTS": tls.certificate}
            check("javascript 3.2.1, answer %s" % name, client(program, tls.port, KEYS["partner_id"], KEYS["api_key"], env=environment), wanted)
            check("the verdict", serve.after(1), ["ok"])
            tls.close()


def callbacks():
    """What the webhook flow signs, the SDKs confirm; what they sign, we verify."""
    from smile_id_core import Signature
    conform = Conform()
    now = now_text()
    made = conform.sign("smile-signature", KEYS, {"method": "POST", "target": "/callback", "headers": [], "body": '{"job":1}'}, now)
    members = made["body_members"]
    signature = Signature(KEYS["partner_id"], KEYS["api_key"])
    check("python 3.0.1 confirms", signature.confirm_signature(members["timestamp"], members["signature"]), True)
    check("python 3.0.1 refuses another time", signature.confirm_signature("2024-01-01T00:00:00.000Z", members["signature"]), False)
    theirs = signature.generate_signature()
    body = json.dumps({"timestamp": theirs["timestamp"], "signature": theirs["signature"], "ResultCode": "1012"})
    message = {"method": "POST", "target": "/callback", "headers": [], "body": body}
    check("a callback in its form", conform.verify("smile-signature", KEYS, message, now), "ok")
    check("with another key", conform.verify("smile-signature", {**KEYS, "api_key": "x"}, message, now), "signature_mismatch")
    # The old generation's answers, made by the provider's private key.
    api_key = "".join(PUBLIC.split("-----")[2].split())
    made = conform.sign("smile-sec-key", {"partner_id": "085", "private_key": PRIVATE}, {"method": "POST", "target": "/callback", "headers": [], "body": "{}"}, now)
    answer = client(["node", str(CLIENTS / "smile_sec_key.js")], "085", api_key, str(made["body_members"]["timestamp"]), made["body_members"]["sec_key"],
                    env={"NODE_PATH": os.environ["INTEROP_NODE"]})
    check("javascript 1.3.0 confirms a sec_key and refuses another", answer, [True, False])


def main():
    python_new()
    python_old()
    javascript()
    callbacks()

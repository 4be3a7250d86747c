"""Writes every generated file of vectors; with --check says whether what is there is what would be written."""
import sys

import canonical
import checksums
import covered
import founding_more
import header_macs
import key_pairs
import member_macs
import payment_keys
import payment_macs
import peers
import paypal
import polish_gateways
import public_keys
import redsys_v2
import rfc9421
import simple_macs
from lib import VECTORS, render

wrong = right = 0
modules = (header_macs, member_macs, canonical, public_keys, founding_more, simple_macs, checksums, key_pairs, paypal, payment_macs, payment_keys, peers, polish_gateways, redsys_v2, rfc9421)
books = [book for module in modules for book in module.books()]
covered.claim(books)
for book in books:
    path, text = VECTORS / book.file, render(book)
    if "--check" in sys.argv:
        if not path.exists() or path.read_text() != text:
            print("not what the generator writes:", path.name)
            wrong += 1
        else:
            right += 1
    else:
        path.write_text(text)
        print("%4d %s" % (len(book.lines), path.name))
if "--check" in sys.argv:
    print("%d passed, %d failed" % (right, wrong))
sys.exit(1 if wrong else 0)

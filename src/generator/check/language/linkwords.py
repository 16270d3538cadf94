"""What is known of links: who shortens them, what follows their reader, and which words say nothing."""

from __future__ import annotations

SHORTENERS = frozenset(
    {
        "adf.ly",
        "amzn.to",
        "bit.ly",
        "bitly.com",
        "buff.ly",
        "cutt.ly",
        "db.tt",
        "dlvr.it",
        "fb.me",
        "flip.it",
        "goo.gl",
    }
    | {
        "hubs.la",
        "hubs.ly",
        "ift.tt",
        "is.gd",
        "j.mp",
        "lnkd.in",
        "ow.ly",
        "qr.ae",
        "rb.gy",
        "rebrand.ly",
        "shorturl.at",
    }
    | {"t.co", "t.ly", "t2m.io", "tiny.cc", "tiny.one", "tinyurl.com", "trib.al", "v.gd", "wp.me"}
)
"""Hosts whose addresses hide where they lead, and end when their owner does."""

TRACKERS = frozenset(
    {
        "dclid",
        "fbclid",
        "gbraid",
        "gclid",
        "gclsrc",
        "igshid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
    }
    | {
        "oly_anon_id",
        "oly_enc_id",
        "ref_src",
        "s_cid",
        "si",
        "srsltid",
        "trk",
        "trkcampaign",
        "ttclid",
        "twclid",
    }
    | {
        "vero_id",
        "wbraid",
        "yclid",
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "__hsfp",
        "__hssc",
        "__hstc",
        "hsctatracking",
    }
)
"""Parameters of an address by which a visitor is counted or recognised; so is every one that begins with utm_."""

VAGUE = frozenset(
    {
        "hier",
        "klik",
        "klik hier",
        "klik dan hier",
        "lees meer",
        "lees verder",
        "meer",
        "meer lezen",
        "meer informatie",
    }
    | {
        "deze link",
        "link",
        "via deze link",
        "deze pagina",
        "deze website",
        "website",
        "dit",
        "dit artikel",
        "bron",
    }
    | {"here", "click", "click here", "read more", "more", "learn more", "more information", "find out more"}
    | {
        "this",
        "this link",
        "this page",
        "this website",
        "this article",
        "source",
        "continue",
        "continue reading",
    }
)
"""Link texts that say nothing to who hears the links of a letter read out one after another."""

"""Files that a side must not start with."""

from __future__ import annotations

from collections.abc import Iterator

from fault import SIDES, Builder, Fault

THEME = "Files that do not belong together"


def at_start(identifier: str, owner: str, text: str, build, words: str, field: str, remedy: tuple[str, ...], fix: str,
    **more) -> Fault:
    return Fault(
        id=identifier, theme=THEME, text=text, build=build, judge=owner, fault=owner, cause="identity-unusable",
        cause_words=words, remedy=remedy, fix=fix,
        versions=("1.3",), field_words=field, starts=False, **more)


def faults() -> Iterator[Fault]:
    for owner in SIDES:
        def other_key(b: Builder, owner=owner) -> None:
            one = b.shop.leaf(owner)
            b.present(owner, one, b.shop.intermediate, key=b.shop.leaf(owner))
            b.side(owner).has_wrong_key = False

        yield at_start(
            f"{owner}-files-key-mismatch", owner, f"The {owner}'s key file belongs to another certificate.", other_key,
            r"mismatch|does not match|do not match|not belong|does not fit|another",
            rf"{owner}-key\.pem|{owner}\.pem|private key",
            ("key",), "Compare the public keys of both files (`handfast pki show`), and install the two that belong "
                      "together.",
            is_quick=owner == "client", cannot={"java": "it does not compare them: see the key of another certificate"})

        def cut(b: Builder, owner=owner) -> None:
            file = b.side(owner).chain
            assert file
            text = file.read_bytes()
            file.write_bytes(text[:len(text) - 200])

        yield at_start(
            f"{owner}-files-chain-cut-short", owner,
            f"The {owner}'s chain file ends in the middle of the intermediate.", cut,
            r"bad end line|end of|truncated|incomplete|cut|PEM|-----END|Base64|parse|Illegal|does not end",
            rf"{owner}\.pem|{owner}\.others\.pem|certificate 2|intermediate",
            ("file|copy|PEM|whole",), "Copy the file again, whole: each block ends with its END line.",
            tolerant={"go": "it takes the blocks that are whole", "curl+nginx": "it takes the blocks that are whole"})

        def swapped(b: Builder, owner=owner) -> None:
            side = b.side(owner)
            side.chain, side.key = side.key, side.chain

        yield at_start(
            f"{owner}-files-swapped", owner,
            f"The {owner} is given the key where the certificate belongs, and the other way round.", swapped,
            r"no start line|no certificate|not a certificate|BEGIN CERTIFICATE|failed to find|PRIVATE KEY|"
            r"private key|Could not read|unable to|wrong",
            rf"{owner}-key\.pem|{owner}\.pem", ("file|certificate|key",), "Exchange the two files.")

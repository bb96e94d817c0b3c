"""What can be wrong with a signature: the codes of `answers.Signature.problems`. Sentences are made at the edge."""

from __future__ import annotations

PROBLEMS = {
    "altered": "the signed bytes are not those that were signed",
    "forged": "the signature was not made with the key of the certificate it names",
    "changed_after": "a later revision changed the document beyond what the signature permits",
    "partial_coverage": "the signature leaves bytes of its own revision uncovered",
    "no_roots": "no authority was given to trust in",
    "untrusted_chain": "the chain of certificates does not reach an authority that is trusted",
    "expired": "the certificate had expired at the moment for which there is proof",
    "not_yet_valid": "the certificate was not valid yet",
    "revoked": "the certificate was revoked",
    "revocation_unknown": "the file brings no usable word on whether the certificate was revoked",
    "key_usage": "the certificate is not meant for signing documents",
    "weak_algorithm": "made with an algorithm that no longer proves anything",
    "timestamp_altered": "the time-stamp is not of this signature",
    "timestamp_untrusted": "the time-stamp's authority is not trusted",
    "time_unproved": "the time of signing is only claimed by the signer",
    "malformed": "the signature cannot be read",
    "unsupported": "a kind of signature that is not validated here",
}

#: Sub-indication of ETSI EN 319 102-1 (as pyHanko names it) → problem; what is not here breaks the chain.
BY_INDICATION = {
    "NO_CERTIFICATE_CHAIN_FOUND": "untrusted_chain",
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "untrusted_chain",
    "NO_SIGNING_CERTIFICATE_FOUND": "malformed",
    "OUT_OF_BOUNDS_NO_POE": "expired",
    "OUT_OF_BOUNDS_NOT_REVOKED": "expired",
    "EXPIRED": "expired",
    "NOT_YET_VALID": "not_yet_valid",
    "REVOKED": "revoked",
    "REVOKED_NO_POE": "revoked",
    "REVOKED_CA_NO_POE": "revoked",
    "TRY_LATER": "revocation_unknown",
    "CHAIN_CONSTRAINTS_FAILURE": "key_usage",
    "CRYPTO_CONSTRAINTS_FAILURE": "weak_algorithm",
    "CRYPTO_CONSTRAINTS_FAILURE_NO_POE": "weak_algorithm",
}

import HandfastCore
import HandfastTrust

/// Node.js: OpenSSL's verifier by the names of its codes, and Node's own check of names.
extension PhraseBook {
  private static let silent =
    "Node judges after the handshake and then just closes: the other side gets no alert, and says \"unexpected eof\" or ECONNRESET."

  static let node: PhraseBook = {
    var book = PhraseBook(.node)
    book.judged(
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", .issuerUnknown, .intermediateMissing, .issuerNamesake,
      says: "The other side's chain leads to no root in `ca` (or, without it, in Node's own list).",
      not: "Node does not use the system's trust store unless told to (--use-system-ca).", hint: silent)
    book.judged(
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE", .intermediateMissing, .issuerUnknown,
      says: "Only the leaf came, and its issuer is not trusted here.",
      not: "The signature is not wrong: there was no key to check it with.", hint: silent)
    book.judged(
      "DEPTH_ZERO_SELF_SIGNED_CERT", .certificateSelfSigned, says: "The leaf signed itself and is not in `ca`.",
      hint: silent)
    book.judged(
      "SELF_SIGNED_CERT_IN_CHAIN", .issuerUnknown, .issuerNamesake,
      says: "The chain was sent up to its root, and that root is not in `ca`.", not: "The leaf is not self-signed.",
      hint: silent)
    book.judged(
      "CERT_HAS_EXPIRED", .certificateExpired, .clockWrong, says: "A certificate of the chain has expired.",
      hint: silent)
    book.judged(
      "CERT_NOT_YET_VALID", .certificateNotYetValid, .clockWrong, says: "A certificate of the chain is not valid yet.",
      hint: silent)
    book.judged(
      "INVALID_PURPOSE", .purposeWrong, .keyUsageWrong, says: "extendedKeyUsage of the leaf is not for this role.",
      hint: silent)
    book.judged("CERT_REVOKED", .certificateRevoked, says: "A CRL (`crl`) says so.", hint: silent)
    book.judged(
      "CERT_SIGNATURE_FAILURE", .chainSignatureInvalid, .issuerNamesake,
      says: "A certificate's signature does not verify with its issuer's key.", hint: silent)
    book.judged(
      "ERR_TLS_CERT_ALTNAME_INVALID | Hostname/IP does not match certificate's altnames", .nameMismatch, .nameMissing,
      by: .client, says: "The server's certificate does not list the name that was asked for.", hint: silent)
    book.own(
      "ERR_OSSL_X509_KEY_VALUES_MISMATCH", .keyMismatch,
      says: "This side's private key does not belong to its certificate.")
    book.ended(
      "ECONNRESET | socket hang up | Client network socket disconnected before secure TLS connection was established",
      .peerClosed, .certificateRefused, .notTLS,
      says: "The other side closed or reset the connection, without an alert.",
      not: "It does not say that the network is bad: a refused certificate often looks like this.")
    book.ended("ETIMEDOUT", .peerSilent, says: "Nothing came in time.")
    return book
  }()
}

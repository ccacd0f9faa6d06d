import HandfastCore
import HandfastTrust

/// OpenSSL 1.1 and 3: reasons of its error queue, and the verifier's X509_V_ERR codes. Many programs pass them on.
extension PhraseBook {
  static let openSSL: PhraseBook = {
    var book = PhraseBook(.openSSL)
    addVerification(to: &book)
    addHandshake(to: &book)
    addTransport(to: &book)
    return book
  }()

  private static let localIssuer =
    "\"local\" means the judge's trust store. It does not mean that a file is missing on the side that sent the chain, though that may be so."

  private static func addVerification(to book: inout PhraseBook) {
    book.judged(
      "unable to get local issuer certificate | X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY | verify error:num=20",
      .issuerUnknown, .intermediateMissing, .issuerNamesake,
      says: "The chain ends at a certificate whose issuer is neither in the chain nor among the trusted roots.",
      not: localIssuer)
    book.judged(
      "unable to get issuer certificate | X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT | verify error:num=2",
      .issuerUnknown, .intermediateMissing,
      says: "An intermediate that is trusted or was sent has an issuer that cannot be found.", not: localIssuer,
      hint:
        "OpenSSL wants a self-signed root at the top of its CA file, unless partial chains are allowed (-partial_chain)."
    )
    book.judged(
      "unable to verify the first certificate | unable to verify leaf signature | X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        + " | verify error:num=21",
      .intermediateMissing, .issuerUnknown,
      says: "Only one certificate came, and its issuer is not among the trusted roots.",
      not: "It does not say that the signature is wrong: there was no key to check it with.")
    book.judged(
      "self signed certificate in certificate chain | self-signed certificate in certificate chain"
        + " | X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN | verify error:num=19",
      .issuerUnknown, .issuerNamesake,
      says: "The chain was sent up to its root, and that root is not trusted here.",
      not: "The leaf is not self-signed: it is the root that is, as all roots are.")
    book.judged(
      "self signed certificate | self-signed certificate | X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT | verify error:num=18",
      .certificateSelfSigned, says: "The leaf signed itself and is not trusted here.")
    book.judged(
      "certificate has expired | X509_V_ERR_CERT_HAS_EXPIRED | verify error:num=10", .certificateExpired, .clockWrong,
      says: "A certificate of the chain is past its notAfter. The line before it (depth=N) says which one.",
      not: "It need not be the leaf: depth=1 and above are authorities.")
    book.judged(
      "certificate is not yet valid | X509_V_ERR_CERT_NOT_YET_VALID | verify error:num=9", .certificateNotYetValid,
      .clockWrong, says: "The judging host's clock is before a certificate's notBefore.")
    book.judged(
      "unsuitable certificate purpose | unsupported certificate purpose | X509_V_ERR_INVALID_PURPOSE | verify error:num=26",
      .purposeWrong, .keyUsageWrong,
      says: "The leaf's extendedKeyUsage or keyUsage is not for the role in which it was shown.",
      not: "It has nothing to do with the kind of key or signature.")
    book.judged(
      "hostname mismatch | X509_V_ERR_HOSTNAME_MISMATCH | verify error:num=62", .nameMismatch, .nameMissing,
      by: .client,
      says: "The server's certificate does not list the name that was asked for.")
    book.judged(
      "IP address mismatch | X509_V_ERR_IP_ADDRESS_MISMATCH | verify error:num=64", .nameMismatch, by: .client,
      says: "The server's certificate does not list the IP address that was asked for.",
      not: "A DNS entry that looks like the address does not count: it takes an entry of type IP.")
    book.judged(
      "certificate revoked | X509_V_ERR_CERT_REVOKED | verify error:num=23", .certificateRevoked,
      says: "A CRL or an OCSP answer says that the certificate is revoked.")
    book.judged(
      "unable to get certificate CRL | X509_V_ERR_UNABLE_TO_GET_CRL | verify error:num=3", .certificateRefused,
      says: "The judge wants a CRL for every authority of the chain and has none for one of them.",
      not: "It does not say that the certificate is revoked.",
      hint: "Give the judging side a CRL of each authority, the root's too, or check the leaf only.")
    book.judged(
      "CRL has expired | X509_V_ERR_CRL_HAS_EXPIRED | verify error:num=12", .certificateRefused,
      says: "The judge's CRL is past its nextUpdate.", not: "Neither the certificate nor its authority has expired.",
      hint: "Fetch a fresh CRL on the judging side.")
    book.judged(
      "certificate signature failure | X509_V_ERR_CERT_SIGNATURE_FAILURE | verify error:num=7", .chainSignatureInvalid,
      .issuerNamesake,
      says: "A certificate's signature does not verify with the key of the issuer that was found by name.",
      not: "Seldom an attack: mostly the issuer was made anew with the same name.")
    book.judged(
      "invalid CA certificate | X509_V_ERR_INVALID_CA | verify error:num=24 | verify error:num=79", .issuerNotAuthority,
      says: "A certificate that issued another one is no authority's.")
    book.judged(
      "path length constraint exceeded | X509_V_ERR_PATH_LENGTH_EXCEEDED | verify error:num=25", .pathLengthExceeded,
      says: "There are more authorities in the chain than one of them allows.")
    book.judged(
      "certificate chain too long | X509_V_ERR_CERT_CHAIN_TOO_LONG | verify error:num=22", .chainTooLong,
      says: "The chain is longer than the judge's verification depth.",
      hint: "Raise the verification depth of the judging side (-verify, ssl_verify_depth).")
    book.judged(
      "permitted subtree violation | excluded subtree violation | X509_V_ERR_PERMITTED_VIOLATION | X509_V_ERR_EXCLUDED_VIOLATION",
      .nameConstraintViolated, says: "A name of the leaf is outside of what an authority of the chain may certify.")
    book.judged(
      "unhandled critical extension | X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION", .criticalExtensionUnknown,
      says: "A critical extension is unknown to OpenSSL.")
    book.judged(
      "EE certificate key too weak | CA certificate key too weak | ee key too small | ca key too small"
        + " | X509_V_ERR_EE_KEY_TOO_SMALL | X509_V_ERR_CA_KEY_TOO_SMALL",
      .keyWeak, says: "A key in the chain is below what OpenSSL's security level takes.")
    book.judged(
      "CA signature digest algorithm too weak | ca md too weak | X509_V_ERR_CA_MD_TOO_WEAK", .signatureWeak,
      says: "A certificate of the chain is signed with SHA-1 or MD5, which the security level forbids.",
      not: "It is about certificates, not about the handshake's signature algorithms.")
    book.vague(
      "certificate verify failed", .judged, .issuerUnknown, .intermediateMissing, .certificateExpired, .purposeWrong,
      .nameMismatch, says: "This side has judged the other's chain and refused it; the reason stands in another line.",
      not: "It is not the other side that complains here: it is this program.",
      hint: "Look for the verifier's own line (verify error:num=...), or run openssl s_client -verify_return_error.")
  }

  private static func addHandshake(to book: inout PhraseBook) {
    book.judged(
      "peer did not return a certificate", .clientCertificateMissing, .clientCertificateUnfit, by: .server,
      says: "The server asked for a client certificate, and the client sent an empty list.",
      not: "The server did not refuse a certificate: it never saw one.",
      hint: "A client that has a certificate keeps silent if no authority in the server's list is its issuer.")
    book.judged(
      "no shared cipher", .cipherSuiteNotShared, .serverCertificateUnfit, .signatureSchemeNotShared, by: .server,
      says: "The server found no cipher suite in the ClientHello that it can use.",
      not: "Often the suites do agree: the server has no certificate for them (or none configured at all).")
    book.judged(
      "no suitable key share", .groupNotShared, by: .server, says: "No group of the client's is enabled on this server."
    )
    book.judged(
      "no suitable signature algorithm | no shared signature algorithms | no shared signature algorithm",
      .signatureSchemeNotShared, .versionNotShared,
      says: "This side's key can make none of the signatures that the other takes.",
      not: "With a client that offers TLS 1.1 at most, it is the old version that leaves no algorithm.")
    book.judged("no shared groups | no shared group", .groupNotShared, says: "The two sides have no curve in common.")
    book.judged(
      "wrong signature type", .signatureSchemeNotShared, .keyExchangeUnfit,
      says: "The other side signed with an algorithm that is not enabled here.")
    book.judged(
      "legacy sigalg disallowed or unsupported", .signatureSchemeNotShared, .signatureWeak,
      says: "TLS 1.0 or 1.1 would sign with SHA-1, which is not allowed here.")
    book.judged(
      "unsupported protocol | version too low | unknown protocol", .versionNotShared,
      says: "The other side wants a version that is not enabled here.")
    book.own(
      "no protocols available", .versionNotShared,
      says: "The lowest and the highest enabled version leave none in between.")
    book.judged(
      "inappropriate fallback", .fallbackDetected, by: .server,
      says: "The client came back with a lower version than it and the server speak.")
    book.judged(
      "bad signature", .keyMismatch, .messagesChanged,
      says: "The other side's signature does not verify with the key of the certificate that it showed.")
    book.judged(
      "digest check failed", .messagesChanged, .keyMismatch,
      says: "The other side's Finished is not what was computed here.")
    book.judged(
      "decryption failed or bad record mac | bad record mac", .recordDamaged, .messagesChanged,
      says: "A record from the other side does not decrypt.")
    book.judged(
      "dh key too small", .securityInsufficient,
      says: "The server's Diffie-Hellman parameters are too short for this client.",
      not: "It is about the key exchange, not about the certificate's key.")
    book.judged(
      "unsafe legacy renegotiation disabled", .secureRenegotiationMissing, by: .client,
      says: "The server does not support secure renegotiation (RFC 5746), and OpenSSL 3 insists on it.",
      not: "Nobody asked to renegotiate.")
    book.judged(
      "no application protocol", .applicationProtocolNotShared, by: .server,
      says: "The server has no ALPN protocol in common with the client.")
    book.judged(
      "unexpected message | unexpected record", .protocolViolation, .notTLS,
      says: "A message came that has no place here.")
    book.judged(
      "length mismatch | bad extension | decode error", .messageMalformed, says: "A message could not be read.")
    book.own(
      "key values mismatch", .keyMismatch,
      says: "The private key does not belong to the certificate, both of this side.",
      not: "The other side has nothing to do with it: the program found it when it loaded its files.")
    book.own(
      "bad decrypt | bad password read | no start line", .signingFailed, .identityUnusable,
      says: "The key or certificate file could not be read: passphrase, or format.")
    book.own(
      "no certificate assigned | no certificate set", .serverCertificateMissing,
      says: "No certificate is configured for this side.")
  }

  private static func addTransport(to book: inout PhraseBook) {
    book.judged(
      "wrong version number", .notTLS, .versionNotShared,
      says: "The first bytes of the answer are no TLS record of a version that OpenSSL knows.",
      not: "It is hardly ever about TLS versions: mostly the port speaks plain HTTP, or a STARTTLS protocol.")
    book.judged(
      "http request", .notTLS, by: .server, says: "The client spoke plain HTTP to this TLS port.")
    book.judged("https proxy request", .notTLS, by: .server, says: "The client took this TLS port for a proxy.")
    book.judged(
      "packet length too long | record layer failure", .notTLS, .recordDamaged,
      says: "What should be a record's length makes no sense: likely no TLS at all.")
    book.ended(
      "unexpected eof while reading", .peerClosed, .dataTruncated,
      says: "The other side ended the connection without close_notify and without an alert.",
      not:
        "It is no verdict by itself: in the handshake the other side may have refused (Node does so silently); after it, many "
        + "servers just close.",
      hint: "OpenSSL 1.1 said SSL_ERROR_SYSCALL, errno 0 for the same.")
    book.ended(
      "SSL_ERROR_SYSCALL | ssl handshake failure * Connection reset by peer | Connection reset by peer", .peerClosed,
      .notTLS,
      says: "The transport failed or was reset by the other side in the middle.",
      not: "A reset tells nothing about certificates; it may hide an alert that got lost with it.")
    book.ended(
      "SSL_ERROR_ZERO_RETURN", .peerClosed, says: "The other side said goodbye (close_notify).")
  }
}

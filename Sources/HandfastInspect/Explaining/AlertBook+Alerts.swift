import HandfastCore
import HandfastTrust

extension AlertBook {
  mutating func addCertificateAlerts() {
    let receiver = "It is not the side that prints the alert that refused, but the one that sent it."
    add(
      42, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A certificate is damaged, badly signed, or otherwise not acceptable.",
      usually:
        "A catch-all. Go's and GnuTLS's clients send it for everything that is wrong with a server's certificate, unknown "
        + "authorities and dates included; OpenSSL for a name that does not match; Java's server when no certificate came at all.",
      client: [.clientCertificateMissing, .issuerUnknown, .purposeWrong, .certificateExpired, .intermediateMissing],
      server: [.issuerUnknown, .nameMismatch, .intermediateMissing, .issuerNamesake, .certificateExpired],
      not: receiver, "The file is seldom damaged. OpenSSL's \"sslv3 alert\" does not mean that SSL 3 was spoken.")
    add(
      43, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A certificate is of a kind that the sender does not take.",
      usually:
        "With OpenSSL and rustls: extendedKeyUsage is for the other role, as when a client shows a server's certificate.",
      client: [.purposeWrong, .keyUsageWrong, .keyUnsupported, .keyWeak, .signatureWeak], not: receiver,
      "It is seldom about the kind of key.")
    add(
      44, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A certificate is revoked.",
      usually: "A CRL or an OCSP answer on the other side has its serial number.", client: [.certificateRevoked],
      not: receiver)
    add(
      45, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A certificate has expired or is not valid now.",
      usually:
        "The leaf, or an authority above it, is out of date by the sender's clock. A certificate that is not valid yet gets the "
        + "same alert.", client: [.certificateExpired, .certificateNotYetValid, .clockWrong], not: receiver,
      "It need not be the leaf: an expired intermediate in the file gives the same.")
    add(
      46, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A certificate is not acceptable for a reason that is not told.",
      usually: "Java's word for nearly everything: unknown authority, missing intermediate, name, purpose, dates.",
      client: [.issuerUnknown, .intermediateMissing, .purposeWrong, .certificateExpired, .certificateRefused],
      server: [.issuerUnknown, .nameMismatch, .intermediateMissing, .certificateExpired, .certificateRefused],
      not: receiver, "\"Unknown\" is the reason, not the certificate: it does not mean that an authority is unknown.")
    add(
      48, "RFC 9846 §6.2, RFC 5246 §7.2.2", "The chain leads to no authority that the sender knows and trusts.",
      usually:
        "The sender was not given this chain's root, or the chain came without its intermediates; or the root of that name "
        + "has another key since it was made anew.",
      client: [.issuerUnknown, .intermediateMissing, .issuerNamesake, .certificateSelfSigned], not: receiver,
      "It is the sender's trust store that lacks something. Adding roots on the side that prints the alert changes nothing."
    )
    add(
      49, "RFC 9846 §6.2, RFC 5246 §7.2.2", "The certificate is valid, and its owner may not come in.",
      usually: "The sender's own list of clients. gnutls-serv sends it for any refused certificate.",
      client: [.accessDenied, .issuerUnknown, .purposeWrong], not: receiver)
    add(
      116, "RFC 9846 §6.2", "A client certificate is required, and none came. TLS 1.3 only.",
      usually:
        "The client had no certificate for this connection, or none that fits what the server listed. In TLS 1.3 it comes after "
        + "the client's handshake is done: on the first read.",
      client: [.clientCertificateMissing, .clientCertificateUnfit], not: receiver,
      "The server has not refused a certificate: it saw none.")
    add(
      41, "RFC 6101 §5.4.2 (SSL 3)",
      "A client has no certificate. SSL 3 only; since TLS 1.0 the client sends an empty list.",
      usually: "Software of another age.", client: [.versionNotShared], server: [.clientCertificateMissing])
    add(
      111, "RFC 6066 §5", "A certificate could not be fetched from the URL that was sent.",
      usually: "Not seen in practice: hardly anything implements client_certificate_url.", client: [.certificateRefused]
    )
    add(
      113, "RFC 6066 §8", "The stapled OCSP answer is invalid or says that the certificate is not good.",
      usually: "The server's stapled answer is stale, or not for this certificate.",
      client: [.certificateRevoked, .certificateRefused], not: receiver)
    add(
      114, "RFC 6066 §5", "A certificate that was fetched has another hash than was sent.",
      usually: "Not seen in practice: hardly anything implements client_certificate_url.", client: [.certificateRefused]
    )
  }

  mutating func addNegotiationAlerts() {
    add(
      40, "RFC 9846 §6.2, RFC 5246 §7.2.2", "No acceptable set of security parameters.",
      usually:
        "Right after the ClientHello: no suite, group, signature algorithm or fitting certificate in common. After the client's "
        + "Certificate in TLS 1.2: no client certificate came, though one is required.",
      client: [
        .clientCertificateMissing, .nothingShared, .cipherSuiteNotShared, .clientCertificateUnfit,
        .signatureSchemeNotShared,
        .serverCertificateUnfit,
      ], server: [.securityInsufficient, .secureRenegotiationMissing, .extendedMasterSecretMissing],
      not: "It is not always about cipher suites: with mutual TLS 1.2, a missing client certificate is as likely.",
      "OpenSSL's \"sslv3 alert handshake failure\" does not mean that SSL 3 was spoken.")
    add(
      70, "RFC 9846 §6.2, RFC 5246 §7.2.2", "The version that the other side wants is known, and not enabled.",
      usually: "One side allows TLS 1.3 only, and the other has 1.2 at most; or one still has 1.0.",
      client: [.versionNotShared, .notTLS])
    add(
      71, "RFC 9846 §6.2, RFC 5246 §7.2.2", "The sender wants stronger cryptography than the other side offers.",
      usually: "The suites or groups overlap only in what the sender considers too weak.",
      client: [.securityInsufficient, .cipherSuiteNotShared, .groupNotShared])
    add(
      86, "RFC 7507 §3", "The client came back with a lower version than both speak.",
      usually: "A client that retries with TLS 1.1 or less after any failure, and marks it.",
      client: [.fallbackDetected],
      not: "It is not the first failure: find out why the attempt before it failed.")
    add(
      109, "RFC 9846 §6.2", "An extension that is mandatory in TLS 1.3 is missing.",
      usually: "A stack that speaks TLS 1.3 incompletely.", client: [.protocolViolation])
    add(
      110, "RFC 9846 §6.2, RFC 5246 §7.2.2", "An extension came that had not been offered.",
      usually: "A fault of one of the two implementations, or a middlebox.",
      client: [.protocolViolation, .messagesChanged])
    add(
      112, "RFC 6066 §3", "The server does not know the name in server_name.",
      usually:
        "The client connects by an alias, or the server has no certificate for the name. As a warning it is harmless.",
      client: [.serverNameUnknown], server: [.protocolViolation],
      not: "It is not the client's certificate whose name is unknown.")
    add(
      115, "RFC 9846 §6.2, RFC 4279 §2", "No shared key is known for the identity that the client gave.",
      usually: "External pre-shared keys are in use, and the two sides have different ones.",
      client: [.sessionRefused, .accessDenied])
    add(
      120, "RFC 7301 §3.2", "The server speaks none of the client's application protocols (ALPN).",
      usually: "One side offers h2 only, or a private protocol that the other lacks.",
      client: [.applicationProtocolNotShared],
      not: "It has nothing to do with TLS versions.")
    add(
      121, "RFC 9849", "Encrypted Client Hello is required, and failed.",
      usually: "The client has an old ECH configuration of this server.", client: [.protocolViolation])
  }

  mutating func addRecordAlerts() {
    let mac = "In TLS 1.3 it is seldom about the key of a certificate."
    add(
      10, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A message came that has no place where it came.",
      usually:
        "Plain HTTP or another protocol on a TLS port; renegotiation towards TLS 1.3; a fault of an implementation.",
      client: [.protocolViolation, .notTLS, .renegotiationRefused])
    add(
      20, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A record does not decrypt.",
      usually:
        "Right after the handshake's keys come into use: the two sides have different keys. In a TLS 1.3 server it may be a "
        + "client's refusal: OpenSSL 3.0 sends that alert unencrypted.",
      client: [.recordDamaged, .messagesChanged], server: [.recordDamaged, .messagesChanged], not: mac)
    add(
      22, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A record is longer than is allowed.",
      usually: "What came is no TLS, or the two sides count record_size_limit differently.",
      client: [.notTLS, .protocolViolation])
    add(
      47, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A field of a message has a value that is not allowed there.",
      usually: "A fault of one of the two implementations, or a message that was changed on the way.",
      client: [.protocolViolation, .messagesChanged, .keyShareInvalid, .choiceNotOffered])
    add(
      50, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A message could not be read.",
      usually: "A damaged message. gnutls-serv also sends it in TLS 1.2 when no client certificate came.",
      client: [.messageMalformed, .clientCertificateMissing, .protocolViolation],
      server: [.messageMalformed, .serverCertificateMissing, .protocolViolation],
      not: "It is not about decrypting: that is decrypt_error (51) or bad_record_mac (20).")
    add(
      51, "RFC 9846 §6.2, RFC 5246 §7.2.2", "A signature, a Finished or a binder did not verify.",
      usually:
        "The private key does not belong to the certificate that was shown, or a message was changed on the way. OpenSSL also "
        + "sends it for a bad signature within the chain.",
      client: [.keyMismatch, .messagesChanged, .chainSignatureInvalid],
      server: [.keyMismatch, .messagesChanged, .chainSignatureInvalid],
      not: "Nothing failed to decrypt, despite its name: it is about proofs.")
  }

  mutating func addEndings() {
    add(
      0, "RFC 9846 §6.1, RFC 5246 §7.2.1", "The sender will send no more. The proper end of a connection.",
      usually: "After the handshake: all is well. Within it: the other side left without saying why.",
      client: [.peerClosed, .peerCanceled], not: "It is no error by itself.")
    add(
      80, "RFC 9846 §6.2, RFC 5246 §7.2.2",
      "The sender failed for a reason that has nothing to do with the other side.",
      usually: "Its own key or certificate cannot be used, or no signature algorithm fits (OpenSSL says this then).",
      client: [.peerInternalError, .signatureSchemeNotShared, .versionNotShared])
    add(
      90, "RFC 9846 §6.1, RFC 5246 §7.2.2", "The handshake was given up for a reason that is none of the protocol's.",
      usually: "A person, a time limit, or a program that ended.", client: [.peerCanceled])
    add(
      100, "RFC 5246 §7.2.2", "The sender does not want to renegotiate. A warning, TLS 1.2 only.",
      usually: "A server wants the client's certificate for some pages only, and asks for it afterwards.",
      client: [.renegotiationRefused])
    add(
      117, "RFC 9846 §6.2", "Something failed, and no other alert says it.",
      usually: "The sender does not want to say why.",
      client: [.refusedWithoutReason])
  }

  /// What no one should send any more.
  mutating func addHistory() {
    add(
      21, "RFC 5246 §7.2.2 (reserved)",
      "A record did not decrypt. TLS 1.0 only: to tell it from bad_record_mac helped attackers.",
      usually: "Software of another age.", client: [.recordDamaged, .versionNotShared])
    add(
      30, "RFC 5246 §7.2.2", "A record could not be decompressed. Compression is gone since CRIME.",
      usually: "Software of another age.", client: [.protocolViolation])
    add(
      60, "RFC 5246 §7.2.2 (reserved)", "Export restrictions are violated. TLS 1.0 only.",
      usually: "Software of another age.", client: [.securityInsufficient, .versionNotShared])
  }
}

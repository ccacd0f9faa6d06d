import HandfastCore
import HandfastTrust

/// curl's exit codes and its own sentences; what follows them is OpenSSL's mostly.
extension PhraseBook {
  static let curl: PhraseBook = {
    var book = PhraseBook(.curl)
    book.judged(
      "SSL: no alternative certificate subject name matches target host name | SSL: no alternative certificate subject name matches target hostname"
        + " | SSL: certificate subject name * does not match target host name",
      .nameMismatch, by: .client, says: "The server's certificate does not list the name in the URL.")
    book.judged(
      "unable to get local issuer certificate", .issuerUnknown, .intermediateMissing, .issuerNamesake, by: .client,
      says: "The server's chain leads to no root that curl trusts (--cacert, or the system's).",
      not: "It is about the server's certificate, never about the one that --cert names.")
    book.own(
      "curl: (58) unable to set private key file | could not load PEM client certificate | unable to use client certificate",
      .keyMismatch, .identityUnusable, .signingFailed, by: .client,
      says: "curl could not use the file of --cert or --key: missing, of another pair, or with a passphrase.",
      not: "The server has nothing to do with it: curl stopped before it connected.")
    book.own(
      "curl: (77) | error setting certificate verify locations | error setting certificate file", .identityUnusable,
      by: .client,
      says: "curl could not read the file of --cacert.", not: "The server's certificate was not looked at.")
    book.ended(
      "curl: (52) Empty reply from server", .peerClosed, .notTLS, by: .client,
      says: "The handshake was done or there was none, and the server closed without an answer.")
    book.ended(
      "curl: (28)", .peerSilent, by: .client, says: "Nothing came in time.")
    book.judged(
      "curl: (1) Received HTTP/0.9 when not allowed", .notTLS, by: .client,
      says: "A plain HTTP request was answered by a TLS port: the URL should say https.")
    book.judged(
      "curl: (51)", .nameMismatch, by: .client,
      says: "The server's certificate does not list the name in the URL.")
    book.judged(
      "curl: (91)", .certificateRevoked, .certificateRefused, by: .client,
      says: "The stapled OCSP answer is bad, or there is none though --cert-status asks for it.")
    book.vague(
      "curl: (60)", .judged, .issuerUnknown, .intermediateMissing, .certificateExpired, .nameMismatch, by: .client,
      says: "curl judged the server's certificate and refused it.",
      not: "It is never about the client's own certificate.")
    book.vague(
      "curl: (35)", .unclear, .nothingShared, .versionNotShared, .notTLS, .clientCertificateMissing, by: .client,
      says: "The handshake failed; whether curl or the server refused is in the rest of the line.")
    book.vague(
      "curl: (56)", .ended, .clientCertificateMissing, .certificateRefused, .peerClosed, by: .client,
      says:
        "Reading failed after the handshake: with TLS 1.3 that is where a server's refusal of the client's certificate arrives.",
      not: "It need not be the network: look for an alert on the same line.")
    book.vague(
      "curl: (55)", .ended, .peerClosed, .certificateRefused, by: .client,
      says: "Writing failed: the server had closed already, perhaps after refusing the client's certificate (TLS 1.3).")
    return book
  }()
}

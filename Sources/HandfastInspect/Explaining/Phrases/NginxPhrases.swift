import HandfastCore
import HandfastTrust

/// nginx: its error log, and the pages that it answers with after the handshake.
extension PhraseBook {
  static let nginx: PhraseBook = {
    var book = PhraseBook(.nginx)
    book.judged(
      "No required SSL certificate was sent | client sent no required SSL certificate", .clientCertificateMissing,
      .clientCertificateUnfit, by: .server,
      says:
        "nginx asked for a client certificate (ssl_verify_client) and got none; it answers HTTP 400 after a complete handshake.",
      not: "The TLS handshake did succeed: no alert was sent, and the client's TLS library saw nothing wrong.",
      hint:
        "nginx lists the authorities of ssl_client_certificate in its request; a client whose issuer is not among them sends none."
    )
    book.judged(
      "client SSL certificate verify error: (18:", .certificateSelfSigned, by: .server,
      says: "The client's certificate signed itself, and is not in ssl_client_certificate.")
    book.judged(
      "client SSL certificate verify error: (20:", .issuerUnknown, .issuerNamesake, .intermediateMissing, by: .server,
      says: "The client's chain leads to no root in ssl_client_certificate or ssl_trusted_certificate.")
    book.judged(
      "client SSL certificate verify error: (21:", .intermediateMissing, .issuerUnknown, by: .server,
      says: "The client sent one certificate only, and its issuer is not trusted here.")
    book.judged(
      "client SSL certificate verify error: (22:", .chainTooLong, by: .server,
      says: "The client's chain is longer than ssl_verify_depth (1 unless set).",
      not: "The chain itself may be in order: with an intermediate, ssl_verify_depth has to be 2.")
    book.judged(
      "client SSL certificate verify error: (10:", .certificateExpired, .clockWrong, by: .server,
      says: "The client's certificate, or one above it, has expired.")
    book.judged(
      "client SSL certificate verify error: (26:", .purposeWrong, .keyUsageWrong, by: .server,
      says: "The client showed a certificate that is not for clients, such as a server's.")
    book.judged(
      "client SSL certificate verify error: (23:", .certificateRevoked, by: .server,
      says: "The client's certificate is in nginx's CRL (ssl_crl).")
    book.judged(
      "client SSL certificate verify error: (3:", .certificateRefused, by: .server,
      says: "ssl_crl is set, and lacks the CRL of one of the authorities.", not: "Nothing is revoked.")
    book.vague(
      "client SSL certificate verify error | The SSL certificate error", .judged, .issuerUnknown, .intermediateMissing,
      .certificateExpired, .purposeWrong, by: .server,
      says:
        "nginx has refused the client's certificate; it answers HTTP 400, and the error log (level info) has the reason.",
      not: "It is not about the server's certificate; and the handshake itself did succeed.")
    book.judged(
      "upstream SSL certificate does not match", .nameMismatch, by: .client,
      says:
        "nginx, as the client of its upstream, found another name in the upstream's certificate than proxy_ssl_name.")
    book.vague(
      "upstream SSL certificate verify error", .judged, .issuerUnknown, .intermediateMissing, .certificateExpired,
      by: .client,
      says: "nginx, as the client of its upstream, refused the upstream's certificate.",
      not: "It is not about the browser's connection to nginx, which gets a 502.")
    book.judged(
      "The plain HTTP request was sent to HTTPS port | client sent plain HTTP request to HTTPS port", .notTLS,
      by: .server,
      says: "The client spoke plain HTTP to nginx's TLS port.")
    book.judged(
      "client sent invalid method while reading client request line", .notTLS, by: .server,
      says: "What came is no HTTP: perhaps a ClientHello on a port that is not marked `ssl`.")
    book.ended(
      "peer closed connection in SSL handshake", .peerClosed, .notTLS, .certificateRefused,
      says: "The other side hung up in the handshake, without an alert.",
      not:
        "It does not say who was at fault: a client that refuses the server's certificate does this, a port check as well."
    )
    book.ended(
      "client closed connection while SSL handshaking", .peerClosed, .certificateRefused, .peerCanceled, by: .server,
      says: "The client hung up in the handshake, without an alert.")
    book.ended(
      "upstream prematurely closed connection while SSL handshaking to upstream", .peerClosed, .notTLS,
      .clientCertificateMissing, by: .client, says: "The upstream hung up in the handshake.")
    book.own(
      "SSL_CTX_use_PrivateKey * failed | cannot load certificate key | cannot load certificate", .keyMismatch,
      .identityUnusable, says: "nginx could not load its own certificate or key.")
    return book
  }()
}

import HandfastCore
import HandfastTrust

/// Python's ssl module: OpenSSL's reasons, with the check of names in words of its own.
extension PhraseBook {
  static let python: PhraseBook = {
    var book = PhraseBook(.python)
    book.judged(
      "Hostname mismatch, certificate is not valid for | IP address mismatch, certificate is not valid for",
      .nameMismatch,
      .nameMissing, by: .client, says: "The server's certificate does not list the name that was asked for.")
    book.judged(
      "PEER_DID_NOT_RETURN_A_CERTIFICATE] peer did not return a certificate", .clientCertificateMissing,
      .clientCertificateUnfit,
      by: .server, says: "The server requires a client certificate, and the client sent an empty list.")
    book.own(
      "[SSL] PEM lib | [SSL: KEY_VALUES_MISMATCH]", .keyMismatch, .identityUnusable,
      says: "load_cert_chain could not use this side's certificate and key.")
    book.own(
      "check_hostname requires server_hostname", .misuse, by: .client,
      says: "The program did not say which name the server should have.")
    book.ended(
      "SSLEOFError | EOF occurred in violation of protocol", .peerClosed, .dataTruncated, .notTLS,
      says: "The other side ended the connection without close_notify and without an alert.")
    book.ended("The handshake operation timed out", .peerSilent, says: "Nothing came in time.")
    return book
  }()
}

import HandfastCore
import HandfastTrust

/// HAProxy and stunnel, and Handfast's own first words.
extension PhraseBook {
  static let proxies: [ErrorPhrase] = haproxy.phrases + stunnel.phrases

  private static let haproxy: PhraseBook = {
    var book = PhraseBook(.haproxy)
    book.judged(
      "SSL client CA chain cannot be verified", .issuerUnknown, .intermediateMissing, .certificateExpired, by: .server,
      says: "The client's chain does not lead to the `ca-file` of the bind line, or an authority in it is not valid.")
    book.judged(
      "SSL client certificate not trusted", .issuerUnknown, .certificateExpired, .purposeWrong, by: .server,
      says: "The client's own certificate was refused.")
    book.vague(
      "SSL handshake failure", .unclear, .certificateRefused, .clientCertificateMissing, .notTLS,
      says: "The handshake failed on this side or the other; log-format with %[ssl_fc_err_str] says more.",
      not: "HAProxy writes the same words for its own refusals and for the client's.")
    book.ended(
      "Connection closed during SSL handshake | Timeout during SSL handshake", .peerClosed, .peerSilent,
      .certificateRefused,
      by: .server, says: "The client left or fell silent in the handshake.")
    return book
  }()

  private static let stunnel: PhraseBook = {
    var book = PhraseBook(.stunnel)
    book.judged(
      "CERT: Pre-verification error: unable to get local issuer certificate", .issuerUnknown, .intermediateMissing,
      says: "The other side's chain leads to no root in CAfile.")
    book.judged(
      "CERT: Pre-verification error: certificate has expired", .certificateExpired, .clockWrong,
      says: "A certificate of the chain has expired.")
    book.judged(
      "CERT: No matching host name found", .nameMismatch, by: .client,
      says: "The server's certificate does not list the name in checkHost.")
    book.vague(
      "CERT: Pre-verification error | Rejected by CERT at depth=", .judged, .issuerUnknown, .certificateExpired,
      says: "stunnel refused the other side's certificate.")
    return book
  }()
}

import HandfastCore

/// Whose words an error line is in.
package enum ErrorTool: String, CaseIterable, Hashable, Sendable {
  case openSSL = "openssl"
  case go
  case java
  case curl
  case nginx
  case gnuTLS = "gnutls"
  case rustls
  case node
  case python
  case haproxy
  case stunnel
  case handfast

  package var name: String {
    switch self {
    case .openSSL: "OpenSSL"
    case .go: "Go (crypto/tls)"
    case .java: "Java (JSSE)"
    case .curl: "curl"
    case .nginx: "nginx"
    case .gnuTLS: "GnuTLS"
    case .rustls: "rustls"
    case .node: "Node.js"
    case .python: "Python (ssl)"
    case .haproxy: "HAProxy"
    case .stunnel: "stunnel"
    case .handfast: "Handfast"
    }
  }

  /// The library whose words it passes on.
  package var library: ErrorTool? {
    switch self {
    case .curl, .nginx, .node, .python, .haproxy, .stunnel: .openSSL
    case .openSSL, .go, .java, .gnuTLS, .rustls, .handfast: nil
    }
  }
}

/// Words that give a tool away, and perhaps which side it is, without saying what went wrong.
struct ToolMark {
  let tool: ErrorTool
  let pattern: PhrasePattern
  let side: Side?

  init(_ tool: ErrorTool, _ pattern: String, _ side: Side? = nil) {
    self.tool = tool
    self.pattern = PhrasePattern(pattern)
    self.side = side
  }

  /// Those that name the outer program come before the library's.
  static let all: [ToolMark] = [
    .init(.curl, "curl: ("), .init(.curl, "libcurl"),
    .init(.nginx, "while SSL handshaking to upstream", .client), .init(.nginx, "upstream SSL certificate", .client),
    .init(.nginx, "while SSL handshaking, client:", .server), .init(.nginx, "while reading client request", .server),
    .init(.nginx, "SSL_do_handshake() failed (SSL:"),
    .init(.python, "ssl.SSL"), .init(.python, "SSLCertVerificationError"), .init(.python, "(_ssl.c:"),
    .init(.python, "[SSL: "), .init(.python, "SSLError("), .init(.python, "requests.exceptions.SSLError", .client),
    .init(.python, "urllib3", .client),
    .init(.node, "ERR_SSL_"), .init(.node, "ERR_TLS_"), .init(.node, "deps/openssl/openssl"),
    .init(.node, "tlsClientError", .server), .init(.node, "node:internal"), .init(.node, "node:_tls"),
    .init(.stunnel, "SSL_accept:", .server), .init(.stunnel, "SSL_connect:", .client), .init(.stunnel, "CERT: "),
    .init(.haproxy, "SSL handshake failure (error:"), .init(.haproxy, "Layer6 invalid response", .client),
    .init(.java, "javax.net.ssl."), .init(.java, "java.security.cert."), .init(.java, "sun.security."),
    .init(.java, "java.io."),
    .init(.go, "http: TLS handshake error from", .server), .init(.go, "remote error: tls:"),
    .init(.go, "local error: tls:"), .init(.go, "x509: "),
    .init(.gnuTLS, "gnutls"), .init(.gnuTLS, "*** Fatal error:"), .init(.gnuTLS, "|<"),
    .init(.rustls, "rustls"), .init(.rustls, "invalid peer certificate"), .init(.rustls, "AlertReceived("),
    .init(.handfast, "handfast "),
    .init(.openSSL, "SSL routines:"), .init(.openSSL, "verify error:"), .init(.openSSL, "SSL alert number"),
    .init(.openSSL, "X509_V_ERR_"), .init(.openSSL, "Verify return code:"), .init(.openSSL, "Verification error:"),
    .init(.openSSL, "tls_process_client_certificate", .server),
    .init(.openSSL, "tls_post_process_client_hello", .server),
    .init(.openSSL, "tls_early_post_process_client_hello", .server),
    .init(.openSSL, "tls_process_server_certificate", .client),
    .init(.openSSL, "tls_post_process_server_certificate", .client),
  ]
}

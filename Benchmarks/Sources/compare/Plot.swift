import Foundation

/// Bars: every stack's time for the handshakes and the bulk work that have targets, each group by its own scale.
struct Plot {
  private let results: [ScenarioResult]
  private static let width = 860.0
  private static let barStart = 250.0
  private static let colours = [
    "Handfast, chains remembered": "#0b6e4f", "Handfast": "#2fa37c", "BoringSSL": "#8a8fa3", "NIOSSL": "#b08d57",
    "OpenSSL": "#a65959", "GnuTLS": "#8a7a3d", "floor": "#3d405b", "floor, chains remembered": "#3d405b",
    "bare AEAD": "#3d405b",
  ]
  private static let shown: [(scenario: String, title: String)] = [
    (
      "full TLS 1.3 mutual ECDSA-P256 X25519",
      "Mutual handshake, TLS 1.3, ECDSA P-256 and X25519, both sides; chains cold unless remembered"
    ),
    ("full TLS 1.2 mutual ECDSA-P256 X25519", "The same in TLS 1.2"),
    ("full TLS 1.3 server-only ECDSA-P256 X25519", "Server-only handshake, TLS 1.3"),
    ("bulk TLS 1.3 AES-128-GCM 16384 B", "A write of 16 KiB, sent and received, AES-128-GCM"),
    ("bulk TLS 1.3 AES-128-GCM 1024 B", "A write of 1 KiB"),
  ]

  init(_ results: [ScenarioResult]) { self.results = results }

  var svg: String {
    var (y, body) = (14.0, "")
    for (name, title) in Self.shown {
      guard let result = results.first(where: { $0.scenario == name }) else { continue }
      y += 20
      body += text(title, x: 12, y: y, "font-weight=\"bold\"")
      y += 10
      let rows = result.measurements.filter { Self.colours[$0.stack] != nil }.sorted { $0.both < $1.both }
      let most = rows.map(\.both).max() ?? 1
      for row in rows {
        let length = row.both / most * (Self.width - Self.barStart - 90)
        body += text(row.stack, x: Self.barStart - 8, y: y + 13, "text-anchor=\"end\"")
        body += "<rect x=\"\(Self.barStart)\" y=\"\(y + 1)\" width=\"\(round(length))\" height=\"15\" "
        body += "fill=\"\(Self.colours[row.stack]!)\"/>\n"
        let figure = String(format: row.both < 10 ? "%.2f us" : "%.0f us", row.both)
        body += text(figure, x: Self.barStart + round(length) + 6, y: y + 13, "")
        y += 19
      }
      y += 6
    }
    let (width, height) = (Int(Self.width), Int(y + 10))
    let size = "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\""
    return """
      <svg xmlns="http://www.w3.org/2000/svg" \(size) font-family="sans-serif" font-size="13" fill="#222">
      <rect width="100%" height="100%" fill="#fff"/>
      \(body)</svg>

      """
  }

  private func text(_ text: String, x: Double, y: Double, _ attributes: String) -> String {
    "<text x=\"\(x)\" y=\"\(y)\" \(attributes)>\(text)</text>\n"
  }
}

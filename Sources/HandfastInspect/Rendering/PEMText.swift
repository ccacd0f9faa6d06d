import Foundation

/// A certificate as other tools read it (RFC 7468).
enum PEMText {
  static func lines(ofCertificate der: [UInt8]) -> [String] {
    let text = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
    return ["-----BEGIN CERTIFICATE-----"] + text.split(separator: "\n").map(String.init)
      + ["-----END CERTIFICATE-----"]
  }
}

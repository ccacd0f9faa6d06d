#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One block of a PEM text (RFC 7468). Text around blocks is skipped, any line length is read.
struct PEMBlock {
  let label: String
  let der: [UInt8]
  /// Encrypted the old way, by headers inside the block (RFC 1421 §4.6.1.1).
  let hasEncryptionHeader: Bool

  /// More than any chain or bundle in use: the largest public bundles are near 250 kB.
  static let byteLimit = 4 << 20

  /// Why a text cannot be read.
  enum Problem: Error {
    case tooLarge(byteCount: Int)
    case unreadable(String)
  }

  static func all(in text: String, limit: Int = byteLimit) throws(Problem) -> [PEMBlock] {
    guard text.utf8.count <= limit else { throw .tooLarge(byteCount: text.utf8.count) }
    var blocks: [PEMBlock] = []
    var open: (label: String, line: Int, base64: String, isEncrypted: Bool)?
    // By bytes: "\r\n" is one Character.
    let lines = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
    for (number, bytes) in lines.enumerated() {
      let line = String(Substring(bytes)).trimmedASCII
      if let label = boundary(line, "BEGIN") {
        guard open == nil else {
          throw .unreadable("line \(number + 1) begins \(label) before the block begun on line \(open?.line ?? 0) ends")
        }
        open = (label, number + 1, "", false)
      } else if let label = boundary(line, "END") {
        guard let block = open else { throw .unreadable("line \(number + 1) ends \(label), which never began") }
        guard block.label == label else {
          throw .unreadable("the block begun on line \(block.line) as \(block.label) ends as \(label)")
        }
        blocks.append(try decode(block.label, block.line, block.base64, block.isEncrypted))
        open = nil
      } else if open != nil {
        if line.contains(":") {
          if line.hasPrefix("Proc-Type:"), line.contains("ENCRYPTED") { open?.isEncrypted = true }
        } else {
          open?.base64 += line
        }
      }
    }
    if let open { throw .unreadable("the block begun on line \(open.line) as \(open.label) never ends") }
    return blocks
  }

  private static func decode(
    _ label: String, _ line: Int, _ base64: String, _ isEncrypted: Bool
  ) throws(Problem) -> PEMBlock {
    guard let data = Data(base64Encoded: base64), !data.isEmpty else {
      throw .unreadable("the block begun on line \(line) (\(label)) is not Base64")
    }
    return PEMBlock(label: label, der: Array(data), hasEncryptionHeader: isEncrypted)
  }

  private static func boundary(_ line: String, _ word: String) -> String? {
    let start = "-----\(word) "
    guard line.hasPrefix(start), line.hasSuffix("-----"), line.utf8.count >= start.utf8.count + 5 else { return nil }
    return String(line.dropFirst(start.utf8.count).dropLast(5)).safeForDisplay
  }

  /// The block as text, in lines of 64 characters.
  static func text(_ label: String, _ der: [UInt8]) -> String {
    var base64 = Data(der).base64EncodedString()[...]
    var lines = ["-----BEGIN \(label)-----"]
    while !base64.isEmpty {
      lines.append(String(base64.prefix(64)))
      base64 = base64.dropFirst(64)
    }
    return (lines + ["-----END \(label)-----", ""]).joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmedASCII: String {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0d).contains($0) }
    guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(self[first...last])
  }
}

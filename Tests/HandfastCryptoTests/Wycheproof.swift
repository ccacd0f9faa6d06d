import Foundation
import Testing

/// A file of C2SP's adversarial vectors. Fields that a kind of test does not have are nil.
struct Wycheproof: Decodable {
  struct Group: Decodable {
    let ivSize: Int?
    let tagSize: Int?
    let publicKeyDer: String?
    let privateKeyPkcs8: String?
    let tests: [Vector]
  }
  struct Vector: Decodable {
    let tcId: Int
    let comment: String?
    let flags: [String]
    let result: String
    let key, iv, aad, msg, ct, tag, sig, `public`, `private`, shared: String?
    let ikm, salt, info, okm: String?
    let size: Int?
    let seed, c: String?
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let K: String?

    var isValid: Bool { result == "valid" }
  }
  let testGroups: [Group]

  /// Each vector of the file with its group; a file that is missing throws.
  static func vectors(_ name: String) throws -> [(group: Group, vector: Vector)] {
    let url = folder.appending(path: "\(name)_test.json")
    let file = try JSONDecoder().decode(Wycheproof.self, from: Data(contentsOf: url))
    return file.testGroups.flatMap { group in group.tests.map { (group, $0) } }
  }

  private static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Vectors/wycheproof")
  }
}

/// The bytes that a hexadecimal string stands for.
func bytes(_ hex: String?) throws -> [UInt8] {
  let digits = Array(try #require(hex))
  try #require(digits.count.isMultiple(of: 2))
  return try stride(from: 0, to: digits.count, by: 2).map { index in
    try #require(UInt8(String(digits[index...index + 1]), radix: 16))
  }
}

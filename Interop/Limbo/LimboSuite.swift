package import Foundation

/// What x509-limbo asks (its limbo-schema.json), as far as it matters here.
package struct LimboSuite: Decodable {
  package struct Case: Decodable {
    package struct Name: Decodable {
      package let kind: String
      package let value: String
    }
    package let id: String
    package let validationKind: String
    package let trustedCerts: [String]
    package let untrustedIntermediates: [String]
    package let peerCertificate: String
    package let validationTime: String?
    package let signatureAlgorithms: [String]?
    package let keyUsage: [String]?
    package let extendedKeyUsage: [String]?
    package let expectedResult: String
    package let expectedPeerName: Name?
    package let maxChainDepth: Int?
    package let crls: [String]?
  }
  package let testcases: [Case]

  /// A whole suite, or a single case.
  package init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(LimboSuite.self, from: json)
    } catch {
      guard let single = try? decoder.decode(Case.self, from: json) else { throw error }
      testcases = [single]
    }
  }
}

/// What a harness answers (limbo/models.py, LimboResult).
struct LimboResult: Encodable {
  struct Result: Encodable {
    let id: String
    let actualResult: String
    let context: String?
  }
  let version = 1
  let harness: String
  let results: [Result]

  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }
}

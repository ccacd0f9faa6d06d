// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "handfast-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "handfast", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
  ],
  targets: [
    .target(name: "CHeap"),
    .executableTarget(
      name: "memory",
      dependencies: [
        "CHeap",
        .product(name: "Handfast", package: "handfast"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "trust",
      dependencies: [
        .product(name: "Handfast", package: "handfast"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: [.swiftLanguageMode(.v6), .enableExperimentalFeature("Lifetimes")]),
  ]
)

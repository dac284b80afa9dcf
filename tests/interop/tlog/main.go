// Checks a ledger with Go's own transparency log library (golang.org/x/mod/sumdb), written by other people for another
// log: the signed checkpoint, the tiles, inclusion of leaves, consistency of two sizes, and tlog-proof files.
//
//	tlog -key VKEY (-url URL | -dir DIR) [-old CHECKPOINT] [-proof FILE]... [-bundles] [-token JWT] [-samples N]
//
// A folder holds the same files as the URL's paths: checkpoint, tile/0/000, tile/entries/000.p/5 … Exits 1 at the first
// mismatch and says which.
package main

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func check(err error, what string) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

// source fetches by path, from a server or a folder.
type source struct {
	url, dir, token string
	client          http.Client
}

func (s *source) fetch(path string) ([]byte, error) {
	if s.dir != "" {
		return os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(path)))
	}
	request, err := http.NewRequest("GET", strings.TrimSuffix(s.url, "/")+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", path, response.Status)
	}
	return body, err
}

// Height, ReadTiles and SaveTiles make a source a tlog.TileReader. x/mod names the tile height in the path, C2SP does not.
func (s *source) Height() int { return height }

func (s *source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
		bytes, err := s.fetch(path)
		if err != nil {
			return nil, err
		}
		data[i] = bytes
	}
	return data, nil
}

func (s *source) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// openCheckpoint verifies the note and reads origin, size and root; there must be no other line.
func openCheckpoint(text []byte, verifier note.Verifier, what string) tlog.Tree {
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err, what)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		fail("%s: %d lines instead of origin, size and root", what, len(lines)-1)
	}
	if lines[0] != verifier.Name() {
		fail("%s: origin %q, the key is of %q", what, lines[0], verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err, what+": size")
	root, err := tlog.ParseHash(lines[2])
	check(err, what+": root")
	return tlog.Tree{N: size, Hash: root}
}

// checkBundle reads the entry bundle that holds leaf n: each entry of it must hash to its place in the tile.
func checkBundle(s *source, tree tlog.Tree, reader tlog.HashReader, n int64) {
	tile := tlog.TileForIndex(height, tlog.StoredHashIndex(0, n))
	tile.W = 1 << height
	if rest := tree.N - tile.N<<height; rest < int64(tile.W) {
		tile.W = int(rest)
	}
	path := "tile/entries/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/0/", height))
	bundle, err := s.fetch(path)
	check(err, "bundle")
	indexes := make([]int64, tile.W)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, tile.N<<height+int64(i))
	}
	hashes, err := reader.ReadHashes(indexes)
	check(err, path)
	for i, hash := range hashes {
		if len(bundle) < 2 || len(bundle)-2 < int(bundle[0])<<8|int(bundle[1]) {
			fail("%s ends within entry %d", path, i)
		}
		size := int(bundle[0])<<8 | int(bundle[1])
		if tlog.RecordHash(bundle[2:2+size]) != hash {
			fail("%s: entry %d does not hash to the tile", path, i)
		}
		bundle = bundle[2+size:]
	}
	if len(bundle) != 0 {
		fail("%s: %d bytes behind the last entry", path, len(bundle))
	}
}

func checkInclusion(s *source, tree tlog.Tree, reader tlog.HashReader, n int64, bundles bool) {
	what := fmt.Sprintf("entry %d of %d", n, tree.N)
	hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
	check(err, what)
	if bundles {
		checkBundle(s, tree, reader, n)
	}
	proof, err := tlog.ProveRecord(tree.N, n, reader)
	check(err, what)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, n, hashes[0]), what)
}

func checkConsistency(tree, old tlog.Tree, reader tlog.HashReader) {
	what := fmt.Sprintf("size %d to %d", old.N, tree.N)
	if old.N > tree.N {
		fail("%s: the log has shrunk", what)
	}
	if old.N == 0 {
		return
	}
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	check(err, what)
	check(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), what)
}

// checkProofFile verifies a c2sp.org/tlog-proof@v1 file on its own: leaf, hashes and checkpoint are all in it.
func checkProofFile(name string, verifier note.Verifier) {
	text, err := os.ReadFile(name)
	check(err, "proof")
	head, checkpoint, found := bytes.Cut(text, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") ||
		!strings.HasPrefix(lines[2], "index ") {
		fail("%s: no tlog-proof with extra and index", name)
	}
	leaf, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[1], "extra "))
	check(err, name+": extra")
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	check(err, name+": index")
	var proof tlog.RecordProof
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		check(err, name+": hash")
		proof = append(proof, hash)
	}
	tree := openCheckpoint(checkpoint, verifier, name)
	check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(leaf)), name)
}

type list []string

func (l *list) String() string         { return strings.Join(*l, " ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func main() {
	s := &source{client: http.Client{Timeout: 20 * time.Second}}
	var proofs list
	key := flag.String("key", "", "verifier key of the log")
	old := flag.String("old", "", "file with an older checkpoint")
	bundles := flag.Bool("bundles", false, "read entry bundles too")
	samples := flag.Int("samples", 20, "entries and sizes to check")
	flag.StringVar(&s.url, "url", "", "base URL of a node")
	flag.StringVar(&s.dir, "dir", "", "folder instead of a URL")
	flag.StringVar(&s.token, "token", "", "read token, for bundles")
	flag.Var(&proofs, "proof", "tlog-proof file (may be repeated)")
	flag.Parse()
	if (s.url == "") == (s.dir == "") || *key == "" || flag.NArg() != 0 {
		flag.Usage()
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(*key)
	check(err, "key")
	text, err := s.fetch("checkpoint")
	check(err, "checkpoint")
	tree := openCheckpoint(text, verifier, "checkpoint")
	reader := tlog.TileHashReader(tree, s)

	chosen := map[int64]bool{}
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, reader)
		check(err, "root")
		if root != tree.Hash {
			fail("the tiles give root %v, the checkpoint %v", root, tree.Hash)
		}
		random := rand.New(rand.NewSource(tree.N))
		for _, n := range []int64{0, tree.N / 2, tree.N - 1} {
			chosen[n] = true
		}
		for i := 0; i < *samples; i++ {
			chosen[random.Int63n(tree.N)] = true
		}
	}
	for n := range chosen {
		checkInclusion(s, tree, reader, n, *bundles)
		hash, err := tlog.TreeHash(n, reader)
		check(err, "old root")
		checkConsistency(tree, tlog.Tree{N: n, Hash: hash}, reader)
	}
	if *old != "" {
		text, err := os.ReadFile(*old)
		check(err, "old checkpoint")
		checkConsistency(tree, openCheckpoint(text, verifier, *old), reader)
	}
	for _, name := range proofs {
		checkProofFile(name, verifier)
	}
	fmt.Printf("size %d, %d entries and sizes, %d proof files: good\n", tree.N, len(chosen), len(proofs))
}

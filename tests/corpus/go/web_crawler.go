// A web crawler: pages are fetched at the same time, none twice; the fetcher is made up.
package main

import (
	"errors"
	"fmt"
	"sort"
	"sync"
)

type page struct {
	body string
	urls []string
}

var site = map[string]page{
	"/":        {"home", []string{"/docs", "/blog", "/about"}},
	"/docs":    {"documents", []string{"/", "/docs/go", "/docs/ru"}},
	"/docs/go": {"the language", []string{"/docs"}},
	"/blog":    {"posts", []string{"/", "/blog/1", "/docs"}},
	"/blog/1":  {"first post", []string{"/blog", "/missing"}},
	"/about":   {"about us", nil},
}

func fetch(url string) (string, []string, error) {
	p, ok := site[url]
	if !ok {
		return "", nil, errors.New("not found: " + url)
	}
	return p.body, p.urls, nil
}

type crawler struct {
	mu   sync.Mutex
	seen map[string]bool
	wg   sync.WaitGroup
}

func (c *crawler) visit(url string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen[url] {
		return false
	}
	c.seen[url] = true
	return true
}

func (c *crawler) crawl(url string, depth int, lines chan<- string) {
	defer c.wg.Done()
	if depth <= 0 || !c.visit(url) {
		return
	}
	body, urls, err := fetch(url)
	if err != nil {
		lines <- "error " + err.Error()
		return
	}
	lines <- "found " + url + " " + body
	for _, u := range urls {
		c.wg.Add(1)
		go c.crawl(u, depth-1, lines)
	}
}

func main() {
	c := &crawler{seen: map[string]bool{}}
	lines := make(chan string)
	c.wg.Add(1)
	go c.crawl("/", 5, lines)
	go func() {
		c.wg.Wait()
		close(lines)
	}()
	var all []string
	for line := range lines {
		all = append(all, line)
	}
	sort.Strings(all)
	for _, line := range all {
		fmt.Println(line)
	}
}
